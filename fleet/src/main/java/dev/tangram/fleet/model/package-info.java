/** x. */
package dev.tangram.fleet.model;
