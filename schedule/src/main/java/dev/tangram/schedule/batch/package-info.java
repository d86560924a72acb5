/** What runs in the next step. */
package dev.tangram.schedule.batch;
