package dev.tangram.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A request that ends in an error, in the shape OpenAI's clients parse. The message is for the
 * client: it never holds paths, keys or text of a prompt.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String code;
  private final String param;
  private final int retryAfterSeconds;

  private ApiException(
      int status, String type, String code, String param, String message, int retryAfterSeconds) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** 400 about one field. */
  public static ApiException invalid(String param, String message) {
    return invalid(param, null, message);
  }

  /** 400 about one field, with a code. */
  public static ApiException invalid(String param, String code, String message) {
    return new ApiException(400, "invalid_request_error", code, param, message, 0);
  }

  /** Any other fault of the client. */
  public static ApiException refused(int status, String code, String message) {
    return new ApiException(status, "invalid_request_error", code, null, message, 0);
  }

  /** 404 for a model. */
  public static ApiException modelNotFound(String message) {
    return new ApiException(404, "invalid_request_error", "model_not_found", "model", message, 0);
  }

  /** 503: come back in so many seconds. */
  public static ApiException unavailable(String code, int retryAfterSeconds, String message) {
    return new ApiException(
        503, "service_unavailable", code, null, message, Math.max(1, retryAfterSeconds));
  }

  /** 5xx: our fault. */
  public static ApiException failed(int status, String code, String message) {
    return new ApiException(status, "server_error", code, null, message, 0);
  }

  public int status() {
    return status;
  }

  /** Stable, lower snake case, or null. */
  public String code() {
    return code;
  }

  /** The field at fault, or null. */
  public String param() {
    return param;
  }

  /** Seconds for {@code retry-after}; 0 for no such header. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** {@code {"error":{"message","type","param","code"}}}. */
  public ObjectNode body() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return root;
  }
}
