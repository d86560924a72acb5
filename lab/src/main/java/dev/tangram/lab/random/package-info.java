/** Models of random weights in the shapes of real ones, for speed and memory where no file is. */
package dev.tangram.lab.random;
