/** What planning, simulating and pooling a fleet reach, beside the goals. */
package dev.tangram.lab.fleet;
