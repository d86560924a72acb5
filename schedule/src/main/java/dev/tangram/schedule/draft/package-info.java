/** Whether guessing ahead pays, and how far. */
package dev.tangram.schedule.draft;
