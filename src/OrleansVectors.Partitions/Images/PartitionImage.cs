using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Images;

/// <summary>
/// A running partition as of one time: a checkpoint that is kept from being cleared away, and the log behind it up to that
/// time. Taking one costs nothing but keeping files; whoever reads it copies. Dispose it soon.
/// </summary>
public sealed class PartitionImage : IDisposable
{
    private readonly ManifestPin? _pin;
    private readonly IOperationLog _log;

    internal PartitionImage(ManifestPin? pin, IOperationLog log, LogTime time, long? points)
    {
        _pin = pin;
        _log = log;
        Time = time;
        Points = points;
    }

    /// <summary>The checkpoint; null when there was none, and the log holds everything.</summary>
    public Manifest? Manifest => _pin?.Manifest;

    /// <summary>The last operation that the checkpoint contains.</summary>
    public LogSequence Cut => Manifest?.Cut ?? LogSequence.None;

    /// <summary>The image contains what was accepted up to here.</summary>
    public LogTime Time { get; }

    /// <summary>How many points the image holds; null when writes went on while that could have been counted.</summary>
    public long? Points { get; }

    /// <summary>The last operation that the log had accepted when the image was taken, or later.</summary>
    public LogSequence LastLogged => _log.LastSequence;

    /// <summary>The oldest operation that the log still has.</summary>
    public LogSequence OldestLogged => _log.FirstSequence;

    /// <summary>Path of one of the checkpoint's files.</summary>
    public string PathOf(SegmentId id) => (_pin ?? throw new InvalidOperationException("The image has no checkpoint.")).PathOf(id);

    /// <summary>The operations of the image from one on.</summary>
    /// <exception cref="LogRangeException">The log does not hold that one.</exception>
    public IEnumerable<LogRecord> Log(LogSequence from) => _log.ReadFrom(from).TakeWhile(record => record.Time <= Time);

    /// <summary>Lets the files go.</summary>
    public void Dispose() => _pin?.Dispose();
}
