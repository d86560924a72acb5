/** Clients that people use, unchanged, against a server. */
package dev.tangram.lab.clients;
