/** What benches and trials of every package measure with. */
package dev.tangram.lab.measure;
