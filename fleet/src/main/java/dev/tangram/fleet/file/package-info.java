/** YAML, JSON and CSV with line numbers: what is wrong in a user's file is said with its place. */
package dev.tangram.fleet.file;
