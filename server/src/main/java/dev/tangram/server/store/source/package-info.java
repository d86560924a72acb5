/** Where a model's bytes can be: model hubs, package indexes, plain addresses. */
package dev.tangram.server.store.source;
