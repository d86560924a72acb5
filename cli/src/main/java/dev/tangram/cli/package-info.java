/** The door: commands, the terminal chat, start-up. */
package dev.tangram.cli;
