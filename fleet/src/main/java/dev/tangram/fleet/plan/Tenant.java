package dev.tangram.fleet.plan;

import java.util.Set;

/**
 * What a tenant's models may run on. Empty sets say nothing.
 *
 * @param origins countries whose vendors are allowed, all if empty
 * @param withoutVendors lower case
 */
public record Tenant(String name, Set<String> origins, Set<String> withoutVendors) {
  public Tenant {
    origins = Set.copyOf(origins);
    withoutVendors = Set.copyOf(withoutVendors);
  }

  boolean allowsOrigin(Pool pool) {
    return origins.isEmpty() || origins.contains(pool.chip().origin());
  }

  boolean allowsVendor(Pool pool) {
    return !withoutVendors.contains(pool.chip().vendor().toLowerCase(java.util.Locale.ROOT));
  }
}
