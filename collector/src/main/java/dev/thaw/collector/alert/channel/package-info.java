/**
 * One file per way in which an alert leaves. A channel must not know another one, nor the rules.
 */
@NullMarked
package dev.thaw.collector.alert.channel;

import org.jspecify.annotations.NullMarked;
