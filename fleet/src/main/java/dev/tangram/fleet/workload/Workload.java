package dev.tangram.fleet.workload;

import java.util.Optional;

/** Requests in order of arrival; can be gone through once. */
@FunctionalInterface
public interface Workload {
  /** The next request, or none if that was all. */
  Optional<Request> next();
}
