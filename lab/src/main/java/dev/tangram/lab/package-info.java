/** Benches, peers side by side, and trials of the real process. Not shipped. */
package dev.tangram.lab;
