/**
 * What a start does, gone through once in advance, so that the JVM can keep notes for the starts
 * that follow.
 */
package dev.tangram.cli.rehearsal;
