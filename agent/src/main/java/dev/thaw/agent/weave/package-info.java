/** The declaration of a hook, and what applies it. The only room that knows bytecode. */
@NullMarked
package dev.thaw.agent.weave;

import org.jspecify.annotations.NullMarked;
