/** What every bench needs: medians, and greedy requests of prompts that mean nothing. */
package dev.tangram.lab.measure;
