/** The models that Tangram knows by name: their digests, licences and sources. Reads no network. */
package dev.tangram.server.store.catalogue;
