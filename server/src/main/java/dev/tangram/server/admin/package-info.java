/** What the operator does, from this machine only. */
package dev.tangram.server.admin;
