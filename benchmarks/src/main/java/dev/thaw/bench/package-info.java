/** Every figure that the documentation claims, one command each, peers in the same run. */
package dev.thaw.bench;
