/** A client of a running server's admin routes. */
package dev.tangram.cli.admin;
