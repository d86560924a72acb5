/** Fakes and harness of this module's tests. */
package dev.tangram.server.fake;
