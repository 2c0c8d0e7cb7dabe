/** Every figure that the documentation claims, one command each, peers in the same run. */
@NullMarked
package dev.thaw.bench;

import org.jspecify.annotations.NullMarked;
