/**
 * A plan's day: every group of replicas serves its share of the demand from midnight to midnight,
 * by sample, while servers of the whole hall fail and replicas find other places.
 */
package dev.tangram.fleet.day;
