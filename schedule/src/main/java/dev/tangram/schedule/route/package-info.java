/** Which replica of a model a request goes to. */
package dev.tangram.schedule.route;
