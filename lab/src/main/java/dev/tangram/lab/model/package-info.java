/** Real models held against what Hugging Face transformers computes with the same weights. */
package dev.tangram.lab.model;
