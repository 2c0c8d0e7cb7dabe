package dev.thaw.collector.serve;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.ThreadFactories;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The thread that accepts connections. It ends at once when the server stops; left to itself it
 * waits for two seconds for something to come, and each stop of the collector with it. (Armeria
 * asks the thread's own group to end, so that what its builder of groups is told is not heard.)
 */
public final class Acceptor extends MultiThreadIoEventLoopGroup {

  private static final int LONGEST_SECONDS = 2;

  private Acceptor(ThreadFactory threads, IoHandlerFactory io) {
    super(1, threads, io);
  }

  /**
   * One for the transport that the server uses.
   *
   * @param name what the thread's name begins with
   */
  public static EventLoopGroup named(String name) {
    ThreadFactory threads = ThreadFactories.newEventLoopThreadFactory(name, false);
    switch (Flags.transportType()) {
      case EPOLL:
        return new Acceptor(threads, EpollIoHandler.newFactory());
      case NIO:
        return new Acceptor(threads, NioIoHandler.newFactory());
      default:
        return EventLoopGroups.newEventLoopGroup(1, threads);
    }
  }

  @Override
  public Future<?> shutdownGracefully() {
    return shutdownGracefully(0, LONGEST_SECONDS, TimeUnit.SECONDS);
  }
}
