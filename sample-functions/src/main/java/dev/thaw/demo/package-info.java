/**
 * The demo: starts collector and sample functions, drives traffic through them, and compares what
 * the collector has with the platform's ledger.
 *
 * <p>It speaks to the collector over HTTP only, like everybody else.
 */
@NullMarked
package dev.thaw.demo;

import org.jspecify.annotations.NullMarked;
