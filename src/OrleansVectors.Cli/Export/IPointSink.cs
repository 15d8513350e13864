using System.Text.Json;

namespace OrleansVectors.Cli.Export;

/// <summary>Writes exported points in one format.</summary>
internal interface IPointSink : IDisposable
{
    /// <summary>Writes one point as the server gave it: <c>id</c>, <c>payload</c>, <c>vector</c>.</summary>
    void Write(JsonElement point);

    /// <summary>Writes what can only be written when all points are known.</summary>
    void Complete();
}
