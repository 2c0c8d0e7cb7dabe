package dev.thaw.languages

import com.amazonaws.services.lambda.runtime.{Context, RequestHandler}

/** A handler whose method comes from a trait. */
trait Describes extends RequestHandler[java.util.Map[String, AnyRef], String]:
  def describe: String => String

  override def handleRequest(event: java.util.Map[String, AnyRef], context: Context): String =
    if event.containsKey("fail") then throw IllegalStateException("asked to")
    describe("Scala")

class ScalaHandler extends Describes:
  def describe: String => String = word => s"written in $word"
