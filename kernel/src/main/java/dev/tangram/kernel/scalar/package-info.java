/** The reference tier: slow, obvious, right. The oracle of every other tier. */
package dev.tangram.kernel.scalar;
