namespace OrleansVectors.Storage.Blobs;

/// <summary>Where a request to S3 names the bucket.</summary>
public enum S3Addressing
{
    /// <summary>At the beginning of the path: what stores other than AWS expect.</summary>
    Path,

    /// <summary>At the beginning of the host's name: what AWS wants.</summary>
    Host,
}
