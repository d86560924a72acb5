/** Who may enter. */
package dev.tangram.schedule.admit;
