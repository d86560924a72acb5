/** Trials of what users are promised, on real models and real processes. */
package dev.tangram.lab.trial;
