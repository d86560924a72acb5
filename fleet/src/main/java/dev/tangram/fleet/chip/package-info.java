/** Which chips there are, and what is known of them: data with sources, not code. */
package dev.tangram.fleet.chip;
