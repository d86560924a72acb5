/**
 * HTTP/1.1 as this server takes it: Jetty parses frames, everything that waits or is limited is
 * here.
 *
 * <pre>
 * HttpFront       opens the port, owns Jetty            Route, RouteTable  what is served to whom
 * GuardedConnector, GuardedEndPoint, Deadlines          slow heads, too many connections, peeking
 * Gate            Host, Origin, API key, loopback       FrontHandler       one request from head to end
 * Exchange        a request and its answer              BodyReader         bounded bodies
 * EventStream     server-sent events                    ApiException       an error as clients see it
 * </pre>
 */
package dev.tangram.server.http;
