/**
 * What a model costs on a chip: a roofline with five constants that measurements calibrate, and
 * intervals that say what they rest on. Pure functions of their arguments.
 */
package dev.tangram.fleet.cost;
