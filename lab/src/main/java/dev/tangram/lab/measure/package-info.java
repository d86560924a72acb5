/** What benches and trials of every package measure with: requests that mean nothing, sums of figures. */
package dev.tangram.lab.measure;
