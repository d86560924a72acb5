/** Placement on published traces, and how long a decision takes. */
package dev.tangram.lab.place;
