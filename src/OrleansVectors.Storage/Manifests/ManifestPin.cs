using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>Keeps a manifest's segment files, and the log behind its cut, from being cleared away until it is disposed.</summary>
public sealed class ManifestPin : IDisposable
{
    private readonly SegmentFolder _segments;
    private Action? _release;

    internal ManifestPin(Manifest manifest, SegmentFolder segments, Action release)
    {
        Manifest = manifest;
        _segments = segments;
        _release = release;
    }

    /// <summary>The manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>Path of one of its segment files.</summary>
    public string PathOf(SegmentId id) => _segments.PathOf(id);

    /// <summary>Lets go.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
