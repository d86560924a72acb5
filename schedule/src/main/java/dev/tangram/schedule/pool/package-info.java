/** Which model a chip holds that many models share. */
package dev.tangram.schedule.pool;
