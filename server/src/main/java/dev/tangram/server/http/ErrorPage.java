package dev.tangram.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What Jetty answers on its own, for requests that never became one: a status and nothing that was
 * sent.
 */
final class ErrorPage implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int found = response.getStatus();
    // An HTTP version we do not speak is the client's fault: a 5xx would be tried again.
    int status = found < 400 || found == 505 ? 400 : found;
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    ApiException error =
        status < 500
            ? ApiException.refused(
                status, "bad_request", "This is not a request that HTTP/1.1 allows here.")
            : ApiException.failed(status, "internal_error", "The server failed.");
    byte[] body = Json.bytes(error.body());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
