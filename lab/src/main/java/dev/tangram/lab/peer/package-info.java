/** Tangram and its peers on the same file, threads and work, alternated in one run. */
package dev.tangram.lab.peer;
