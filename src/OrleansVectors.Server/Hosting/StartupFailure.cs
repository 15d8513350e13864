using OrleansVectors.Collections.Errors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Server.Hosting;

/// <summary>Turns what keeps a database from opening into one line; what is not here is our bug and keeps its trace.</summary>
internal static class StartupFailure
{
    public static bool Explains(Exception exception, string dataFolder, out string reason)
    {
        reason = exception switch
        {
            UnauthorizedAccessException => $"the data folder {dataFolder} is not writable: {exception.Message}",
            IOException when File.Exists(dataFolder) => $"the data folder {dataFolder} is a file",
            IOException or OrleansVectorsException or NativeMemoryException => $"cannot open the data folder {dataFolder}: {exception.Message}",
            _ => "",
        };
        return reason.Length > 0;
    }
}
