/**
 * What people read: sizes, times, tables, a progress bar. Pure: given values and a width, returns
 * text.
 */
package dev.tangram.cli.text;
