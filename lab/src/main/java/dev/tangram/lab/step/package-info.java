/** A model's steps without the engine around them: what they take, and what takes it. */
package dev.tangram.lab.step;
