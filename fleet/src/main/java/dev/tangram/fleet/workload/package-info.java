/** Who asks for what, when: traces, and arrivals drawn from a seed. */
package dev.tangram.fleet.workload;
